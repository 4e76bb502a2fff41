# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked: limits of syntax errors, non-mail commands and
# bad recipients, and sessions that ended without QUIT.
/too many|bad recipient count|dropped|unexpected disconnection|connection lost|synchronization|[: ]421[ -]/
