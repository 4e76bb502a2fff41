#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whichever server lives in this root.
sh -eu /lab/vantage/start.sh
