package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestMachine(t *testing.T) {
	if got := machine(); !strings.HasPrefix(got, runtime.GOOS+"/"+runtime.GOARCH+", ") {
		t.Errorf("%q", got)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for n, want := range map[int]string{1: ", 1 processor", 3: ", 3 processors"} {
		runtime.GOMAXPROCS(n)
		if got := machine() + ", "; !strings.Contains(got, want+", ") {
			t.Errorf("%q: want %q in it", got, want)
		}
	}
	file := filepath.Join(t.TempDir(), "cpuinfo")
	for text, want := range map[string]string{
		"processor\t: 0\nmodel name\t: Some: CPU @ 3 GHz\nmodel name\t: other\n": "Some: CPU @ 3 GHz",
		"processor\t: 0\n": "",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := processorModel(file); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := processorModel(file + "x"); got != "" {
		t.Errorf("without such a file: %q", got)
	}
}
