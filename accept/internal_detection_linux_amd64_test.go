//go:build !purego

package accept

import (
	"os"
	"strings"
	"testing"
)

// What is told from cpuid and xgetbv is what Linux tells.
func TestDetection(t *testing.T) {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	_, flags, _ := strings.Cut(string(info), "\nflags")
	flags, _, _ = strings.Cut(flags, "\n")
	has := map[string]bool{}
	for _, flag := range strings.Fields(flags) {
		has[flag] = true
	}
	if want := has["sha_ni"] && has["ssse3"]; hasSHA != want {
		t.Errorf("SHA: %v, want %v", hasSHA, want)
	}
	if want := has["avx512f"] && has["avx512bw"] && has["avx512vbmi"] && has["avx512_vbmi2"]; hasAVX512 != want {
		t.Errorf("AVX-512: %v, want %v", hasAVX512, want)
	}
}
