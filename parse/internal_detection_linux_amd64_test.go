//go:build !purego

package parse

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// findLines is used where the CPU has what it needs.
func TestAVX512(t *testing.T) {
	cpu, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	flags := strings.Fields(string(cpu))
	want := true
	for _, flag := range []string{"popcnt", "bmi1", "bmi2", "avx512f", "avx512bw", "avx512vbmi", "avx512_vbmi2"} {
		want = want && slices.Contains(flags, flag)
	}
	if hasAVX512 != want {
		t.Errorf("hasAVX512 is %v, the CPU has it: %v", hasAVX512, want)
	}
}
