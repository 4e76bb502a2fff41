# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked: rate and connection limits, the throttle after
# three bad recipients, sessions that ended without QUIT.
/lost input channel|[Pp]ossible SMTP|throttling|rejecting connections|Too many|limit exceeded|pre-greeting|timeout waiting|reject=421|[: ]421[ -]/
