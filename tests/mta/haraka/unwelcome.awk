# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked: sessions that broke off, and what it thought too much.
/too many|dropped connection|[: ]421 |disconnecting.*error/
