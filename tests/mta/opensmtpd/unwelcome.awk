# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked: sessions that the server ended, or that ended
# without QUIT.
/result="421|Pipelining|disconnected reason=/ && !/reason=quit/
