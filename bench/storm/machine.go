package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine says what storm runs on: the system, how many processors it may use,
// and, where Linux tells, which ones.
func machine() string {
	text := fmt.Sprintf("%s/%s, %d processor", runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	if runtime.GOMAXPROCS(0) > 1 {
		text += "s"
	}
	if model := processorModel("/proc/cpuinfo"); model != "" {
		text += ", " + model
	}
	return text
}

// processorModel is what Linux calls the first processor, "" if it does not.
func processorModel(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
