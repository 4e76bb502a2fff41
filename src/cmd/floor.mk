# SPDX-License-Identifier: Apache-2.0
# the doors: options in, exit status out

noinst_LIBRARIES += %D%/libcmd.a
%C%_libcmd_a_SOURCES =
%C%_libcmd_a_SOURCES += %D%/agent_config.c %D%/agent_config.h
%C%_libcmd_a_SOURCES += %D%/agent_keys.c %D%/agent_keys.h
%C%_libcmd_a_SOURCES += %D%/binder.c %D%/binder.h
%C%_libcmd_a_SOURCES += %D%/cmd_agent.c
%C%_libcmd_a_SOURCES += %D%/cmd_config.c
%C%_libcmd_a_SOURCES += %D%/cmd_demo.c
%C%_libcmd_a_SOURCES += %D%/cmd_map.c
%C%_libcmd_a_SOURCES += %D%/cmd_probes.c
%C%_libcmd_a_SOURCES += %D%/cmd_scan.c
%C%_libcmd_a_SOURCES += %D%/cmd_self.c
%C%_libcmd_a_SOURCES += %D%/cmd_sink.c
%C%_libcmd_a_SOURCES += %D%/cmd_log.c
%C%_libcmd_a_SOURCES += %D%/command.h
%C%_libcmd_a_SOURCES += %D%/dry_run.c
%C%_libcmd_a_SOURCES += %D%/log_reading.c %D%/log_reading.h
%C%_libcmd_a_SOURCES += %D%/look.c %D%/look.h
%C%_libcmd_a_SOURCES += %D%/map.h
%C%_libcmd_a_SOURCES += %D%/map_drive.c
%C%_libcmd_a_SOURCES += %D%/map_known.c %D%/map_known.h
%C%_libcmd_a_SOURCES += %D%/map_setup.c
%C%_libcmd_a_SOURCES += %D%/map_state.c
%C%_libcmd_a_SOURCES += %D%/notify.c %D%/notify.h
%C%_libcmd_a_SOURCES += %D%/options.c %D%/options.h
%C%_libcmd_a_SOURCES += %D%/output.c %D%/output.h
%C%_libcmd_a_SOURCES += %D%/scan.h
%C%_libcmd_a_SOURCES += %D%/scan_check.c %D%/scan_check.h
%C%_libcmd_a_SOURCES += %D%/scan_file.c
%C%_libcmd_a_SOURCES += %D%/scan_proof.c %D%/scan_proof.h
%C%_libcmd_a_SOURCES += %D%/scan_run.c
%C%_libcmd_a_SOURCES += %D%/scan_setup.c
%C%_libcmd_a_SOURCES += %D%/self_find.c %D%/self.h
%C%_libcmd_a_SOURCES += %D%/self_vantages.c
%C%_libcmd_a_SOURCES += %D%/server_config.c %D%/server_config.h
%C%_libcmd_a_SOURCES += %D%/settings.c %D%/settings.h
%C%_libcmd_a_SOURCES += %D%/settings_bind.c %D%/settings_bind.h
%C%_libcmd_a_SOURCES += %D%/settings_place.c %D%/settings_place.h
%C%_libcmd_a_SOURCES += %D%/settings_show.c
%C%_libcmd_a_SOURCES += %D%/settings_tree.c %D%/settings_tree.h
%C%_libcmd_a_SOURCES += %D%/sink_service.c %D%/sink_service.h

bin_PROGRAMS += relayaudit
relayaudit_SOURCES = %D%/main.c
relayaudit_LDADD = $(CMD_LIBS)
