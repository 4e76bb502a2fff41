# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked. chasquid hangs up after three errors.
/too many|[: ]421 [245]\.|broken pipe|connection reset|i\/o timeout/
