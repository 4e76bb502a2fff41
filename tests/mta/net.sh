# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# The network: six namespaces on one bridge, with documentation addresses.
#
#   server  192.0.2.25                   2001:db8:25::25
#   near    203.0.113.7                  2001:db8:113::7
#   far     198.51.100.66                2001:db8:66::66
#   both    203.0.113.8, 198.51.100.67   2001:db8:113::8, 2001:db8:66::67
#   world   192.0.2.53 (DNS, the sink)   2001:db8:53::53
#   proof   192.0.2.54 (relayaudit sink) 2001:db8:53::54
#
# There is no router: every namespace takes all addresses for neighbours. The
# bridge stands in a network namespace that has no way out either. All of it is
# private to the run (run.sh), so that fixed names cannot meet those of another
# run, and nothing is left when it ends, however it ends.

net_up() {
	ip link set lo up
	ip link add br0 type bridge
	ip link set br0 up
	net_add server eth0 192.0.2.25/24 2001:db8:25::25/64
	net_add near eth0 203.0.113.7/24 2001:db8:113::7/64
	net_add far eth0 198.51.100.66/24 2001:db8:66::66/64
	net_add world eth0 192.0.2.53/24 2001:db8:53::53/64
	net_add proof eth0 192.0.2.54/24 2001:db8:53::54/64
	net_add both near0 203.0.113.8/24 2001:db8:113::8/64
	net_add both far0 198.51.100.67/24 2001:db8:66::67/64
	net_by_source near0 203.0.113.8 2001:db8:113::8 101
	net_by_source far0 198.51.100.67 2001:db8:66::67 102
}

# net_add NAMESPACE INTERFACE ADDRESS4 ADDRESS6
net_add() {
	if [ ! -e "/run/netns/$1" ]; then
		ip netns add "$1"
		ip -n "$1" link set lo up
	fi
	ip link add "$1-$2" type veth peer name "$2" netns "$1"
	ip link set "$1-$2" master br0 up
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$1" addr add "$4" dev "$2" nodad
	ip -n "$1" link set "$2" up
	# Metrics, because "both" has two interfaces.
	ip -n "$1" route add default dev "$2" metric "$((10 + $(net_links "$1")))"
	ip -n "$1" -6 route add default dev "$2" metric "$((10 + $(net_links "$1")))"
}

net_links() { ip -n "$1" -o link show type veth | wc -l; }

# In "both" a packet leaves by the interface that has its source address.
net_by_source() {
	ip -n both rule add from "$2" lookup "$4"
	ip -n both -6 rule add from "$3" lookup "$4"
	ip -n both route add default dev "$1" table "$4"
	ip -n both -6 route add default dev "$1" table "$4"
}

# inside NAMESPACE COMMAND...: with a host name of its own, too, so that nothing
# takes the name of the machine for its own.
inside() (
	ns=$1
	shift
	# shellcheck disable=SC2016 # expands in the new namespace
	exec ip netns exec "$ns" unshare --uts sh -c \
		'hostname "$0.probe.example.net" && exec "$@"' "$ns" "$@"
)

# Waits (bounded) until something listens on a port in a namespace; by looking
# at its sockets, since a connection would stand in the server's log.
# net_listening NAMESPACE PORT SECONDS PID-THAT-MUST-LIVE
net_listening() (
	tries=$(($3 * 5))
	while [ "$tries" -gt 0 ]; do
		if ip netns exec "$1" ss -Hltn "sport = :$2" | grep -q .; then exit 0; fi
		kill -0 "$4" 2>/dev/null || exit 1
		tries=$((tries - 1))
		sleep 0.2
	done
	exit 1
)
