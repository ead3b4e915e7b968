package main

import (
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"time"
)

// exitMemory is the exit code of a program that used more memory than it may.
const exitMemory = 86

// Limits bound what one program may use; in MiB.
type Limits struct {
	// MemoryMiB ends the program.
	MemoryMiB int
	// OutputMiB bounds the texts of one answer.
	OutputMiB int
	// ChartsMiB bounds the charts that are kept loaded.
	ChartsMiB int
}

func readLimits() Limits {
	return Limits{
		MemoryMiB: limit("SLIPWAY_ENGINE_MEMORY_MIB", 1024),
		OutputMiB: limit("SLIPWAY_ENGINE_OUTPUT_MIB", 64),
		ChartsMiB: limit("SLIPWAY_ENGINE_CHARTS_MIB", 128),
	}
}

func limit(name string, otherwise int) int {
	if value, err := strconv.Atoi(os.Getenv(name)); err == nil && value > 0 {
		return value
	}
	return otherwise
}

// guardMemory ends the program when its memory grows beyond the limit: the one that started it starts another.
// SetMemoryLimit alone lets the heap grow on.
func guardMemory(limit uint64) {
	boundData(limit)
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	go func() {
		for range time.Tick(50 * time.Millisecond) {
			metrics.Read(sample)
			if sample[0].Value.Uint64() > limit {
				fmt.Fprintf(os.Stderr, "out of memory: more than %d MiB\n", limit/mib)
				os.Exit(exitMemory)
			}
		}
	}()
}
