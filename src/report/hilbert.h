/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_HILBERT_H
#define REPORT_HILBERT_H

/*
 * The whole of IPv4 along a Hilbert curve, as elements of SVG: what the formats svg
 * and html have in common.
 */

struct buf;
struct report_map;

/* What a view box must hold, in units of SVG. */
#define HILBERT_VIEW "8 54 784 784"

/*
 * The plane: land, special ranges, the /8s by number, the networks by kind, and
 * names.  Of the map only its networks and spaces are read.  Classes of elements: `land`, `special`, `grid`,
 * `octet`, `name`, `mark`, `tag` (with `mid` or `end`), `ring`, and the kinds of the networks.
 */
void hilbert_plane(const struct report_map *map, struct buf *to);

#endif
