package main

import "syscall"

// boundData has the kernel refuse what a single huge allocation would take before guardMemory sees it.
func boundData(limit uint64) {
	bound := limit*2 + 512*mib
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: bound, Max: bound})
}
