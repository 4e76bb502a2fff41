#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian's sendmail waits 1 s before its greeting, takes 10 connections a minute
# from a client, and delays after three bad recipients. The default configuration
# keeps that; the others would take minutes by it.
sed -i 's/^\(ClientRate:\|ClientConn:\)\t.*/\1\t0/' /etc/mail/access
# shellcheck disable=SC2016 # m4's quotes
sed -i '/^define(`confBAD_RCPT_THROTTLE/d; /^define(`confCONNECTION_RATE_THROTTLE/d; /^FEATURE(`greet_pause/d' /etc/mail/sendmail.mc
