# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked: line ends of its own kind, and broken sessions.
/smtplf|Traceback|broke off/
