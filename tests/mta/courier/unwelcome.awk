# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked: sessions that the server ended. (Courier delays
# after every error, so that a session with a refusal has one delay at least.)
/Too many|Maximum connection|421|timeout|DISCONNECTED.*time=[0-9]{3}/
