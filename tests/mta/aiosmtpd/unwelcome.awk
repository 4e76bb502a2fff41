# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked: sessions that the library ended, or that broke off.
/Too many|timeout|unexpected|Traceback/
