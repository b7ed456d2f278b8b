"""Runs student code where it can do no harm, and says how sure that is.

    launch      the way in: `Zygote`                                   ─┐
    process     `Sandbox`: one that runs                                │ trusted process
    measure     asks a sandbox what it can do; says which layers hold  ─┘
    zygote      everything imported once (preload); forks, never runs student code
    reaper      the processes around the student's: they end everything and clear up
    child       applies the layers in order, then runs `main(channel)`
    selftest    tries, inside, what must not work

    Layer        stops                                              tiers
    namespaces   seeing files, processes and networks of others     1 2
    identity     using another user's rights, or root's             1 (2) 3 (4)
    landlock     reading and writing outside a list                 1 2 3 4
    seccomp      sockets, tracing, new namespaces, odd memory       1 2 3 4
    limits       one process that takes too much                    1 2 3 4 5
    cgroups      many that together take too much                   1 3 where writable
    watch        the same, where there is no control group          2 3 (4)
    cores        taking the processor from other sandboxes          1 2 3 4
    processor    computing without end                              1 2 3 4

Tiers, best first: 1 namespaces, as root; 2 namespaces, as a plain user; 3 root without the right to
make namespaces, as in most containers; 4 a plain user without; 5 other systems: process split and
limits only, for practice.
"""
