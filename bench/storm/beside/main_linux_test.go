package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary is the server's process too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Both engines of storm carry a small plan out beside each other, and show that the
// server stalled in the middle of it.
func TestStormBesideItself(t *testing.T) {
	t.Setenv("PATH", filepath.Dir(buildStorm(t))+":"+os.Getenv("PATH"))
	p := plan{Connections: 40, Rate: 40, stall: 400 * time.Millisecond}
	for _, name := range []string{"storm-loop", "storm-net"} {
		tool, err := find(name)
		if err != nil {
			t.Fatal(err)
		}
		o, err := carryOut(tool, p)
		if err != nil {
			t.Fatal(err)
		}
		if !o.agrees() || o.server.Opened != 40 || o.server.Messages != 40 || o.server.Closes[1000] != 40 {
			t.Errorf("%s: it says %+v, the server %+v", name, o.said, o.server)
		}
		if o.said.max < p.stall/2 || o.said.p99 > o.said.max || o.server.rate() <= 0 || o.cpu <= 0 || o.memory < 1<<20 {
			t.Errorf("%s: %+v, %v a second", name, o, o.server.rate())
		}
	}
	var out bytes.Buffer
	p.Rate, p.stall = 0, 0
	if err := compare(&out, p, 1, []string{"storm-net", "storm-loop"}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[2], "| storm-net | 40 |") || !strings.HasPrefix(lines[3], "| storm-loop | 40 |") ||
		strings.Count(out.String(), "| 1 of 1 |") != 2 {
		t.Errorf("the table is\n%s", out.String())
	}
}

func buildStorm(t *testing.T) string {
	t.Helper()
	storm := filepath.Join(t.TempDir(), "storm")
	if out, err := exec.Command("go", "build", "-o", storm, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return storm
}

// A tool that fails does not end the comparison: the table has its figures if it left
// some, and how it failed.
func TestToolsThatFail(t *testing.T) {
	dir := t.TempDir()
	for name, script := range map[string]string{
		"k6":        "echo 'no such option' >&2; exit 107\n",
		"artillery": "exit 0\n",
		"storm":     buildStorm(t) + ` "$@"; case "$*" in *net*) exit 3;; esac` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	var out bytes.Buffer
	err := compare(&out, plan{Connections: 4}, 2, []string{"k6", "artillery", "storm-net", "storm-loop"})
	if err == nil || err.Error() != "6 of 8 runs failed" {
		t.Errorf("got %v", err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []struct{ begin, middle, end string }{
		{"| k6 |  |  |", "| 0 of 2 |", "| 2 of 2: exit status 107 |"},
		{"| artillery |  |  |", "| 0 of 2 |", "| 2 of 2: open "},
		{"| storm-net | 4 |", "| 2 of 2 |", "| 2 of 2: exit status 3 |"},
		{"| storm-loop | 4 |", "| 2 of 2 |", "| handshake |  |"},
	} {
		if len(lines) != 7 || !strings.HasPrefix(lines[2+i], want.begin) || !strings.Contains(lines[2+i], want.middle) || !strings.Contains(lines[2+i], want.end) ||
			strings.Count(lines[2+i], "|") != strings.Count(lines[1], "|") {
			t.Fatalf("want %+v in line %d of\n%s", want, 2+i, out.String())
		}
	}
}

// What the tools left in testdata is of runs of 61 connections (k6) and 60, all of
// which the server counted as well.
func TestSaid(t *testing.T) {
	for _, want := range []struct {
		tool string
		said said
	}{
		{"k6", said{61, 61, 39969713, 40587852}},
		{"tsung", said{60, 60, 0, 364736000}},
		{"artillery", said{60, 60, 101100000, 158500000}},
	} {
		for _, tool := range tools {
			if tool.name != want.tool {
				continue
			}
			got, err := tool.read(plan{Hold: 2 * time.Second}, filepath.Join("testdata", tool.name))
			if err != nil || got != want.said {
				t.Errorf("%s says %+v, %v; want %+v", tool.name, got, err, want.said)
			}
			if _, err = tool.read(plan{}, t.TempDir()); err == nil {
				t.Errorf("%s says something without having written it", tool.name)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	memory := func(o outcome) float64 { return float64(o.memory) }
	for _, row := range []struct {
		memory []int64
		want   string
	}{
		{[]int64{7}, "7"},
		{[]int64{7, 7, 7}, "7"},
		{[]int64{9, 1, 5}, "5 (1 to 9)"},
		{[]int64{0, 0}, ""},
	} {
		var outcomes []outcome
		for _, m := range row.memory {
			outcomes = append(outcomes, outcome{memory: m})
		}
		if got := spread(outcomes, "%.0f", memory); got != row.want {
			t.Errorf("of %d the spread is %q, not %q", row.memory, got, row.want)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, row := range []struct{ args, want string }{
		{"-connections 1", "-connections"},
		{"-rounds 0", "-rounds"},
		{"-connections 10 -rate 3", "-rate"},
		{"-hold 1500ms", "-hold"},
		{"-tools wrk", `no "wrk"`},
		{"fast", `"fast"`},
	} {
		if err := command(strings.Fields(row.args)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v", row.args, err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if err := command([]string{"-tools", "k6"}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("without k6: got %v", err)
	}
}
