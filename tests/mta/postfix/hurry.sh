#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Postfix waits a second before it takes a message when more come in than go out
# (in_flow_delay), and a message that a scan gave up at DATA never goes out; it looks
# for programs to start, and at queues, in whole seconds. The default configuration
# keeps that; the others would take half a minute by it.
postconf -e 'in_flow_delay = 0' 'smtpd_error_sleep_time = 0'
