package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/*.stdout and *.stderr")

// Each row is a command line, run in testdata; what it prints is in NAME.stdout
// and NAME.stderr.
func TestGate(t *testing.T) {
	t.Chdir("testdata")
	for _, c := range []struct {
		name string
		exit int
		args string
	}{
		{"same", 0, "-yardsticks yardsticks.txt old.txt same.txt"},
		{"worse", 1, "-yardsticks yardsticks.txt old.txt worse.txt"},
		{"threshold", 1, "-yardsticks yardsticks.txt -threshold 70 old.txt worse.txt"}, // its allocations
		{"filter", 0, "-yardsticks yardsticks.txt -filter .name:Begin old.txt worse.txt"},
		{"faster", 0, "-yardsticks yardsticks.txt old.txt faster.txt"},
		{"gone", 1, "-yardsticks yardsticks.txt old.txt gone.txt"},
		{"othercpu", 1, "-yardsticks yardsticks.txt -other-cpu 100 old.txt othercpu.txt"},
		{"othercpuallowed", 0, "-yardsticks yardsticks.txt old.txt othercpu.txt"},
		{"amounts", 1, "old.txt worse.txt"}, // no yardsticks, no times
		{"one", 0, "old.txt one.txt"},       // which is enough for amounts
		{"oneratio", 2, "-yardsticks yardsticks.txt old.txt one.txt"},
		{"noallocs", 1, "old.txt noallocs.txt"},
		{"noyardstick", 2, "-yardsticks yardsticks.txt old.txt noyardstick.txt"},
		{"growth", 1, "-growth -threshold 50 growth.txt"},
		{"growthallowed", 0, "-growth -threshold 400 growth.txt"},
		{"nogrowth", 2, "-growth old.txt"},

		{"missingunit", 2, "missingunit.txt old.txt"},
		{"nan", 2, "old.txt nan.txt"},
		{"zero", 2, "old.txt zero.txt"},
		{"negative", 2, "old.txt negative.txt"},
		{"iterations", 2, "old.txt iterations.txt"},
		{"system", 2, "old.txt system.txt"},
		{"empty", 2, "old.txt empty.txt"},
		{"twomachines", 2, "twomachines.txt old.txt"},
		{"nofile", 2, "old.txt no-such-file.txt"},
		{"yardsticksname", 2, "-yardsticks yardsticks-noname.txt old.txt same.txt"},
		{"yardsticksfilter", 2, "-yardsticks yardsticks-nofilter.txt old.txt same.txt"},
		{"badfilter", 2, "-filter .name: old.txt same.txt"},
		{"badthreshold", 2, "-threshold 0 old.txt same.txt"},
		{"usage", 2, "old.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if exit := gate(&stdout, &stderr, strings.Fields(c.args)); exit != c.exit {
				t.Errorf("gate %s: exit code %d, want %d", c.args, exit, c.exit)
			}
			golden(t, c.name+".stdout", stdout.Bytes())
			golden(t, c.name+".stderr", stderr.Bytes())
		})
	}
}

// golden compares with a file; nothing needs none.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update && len(got) > 0 {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// Each golden file belongs to a row.
func TestGoldenFiles(t *testing.T) {
	source, err := os.ReadFile("gate_test.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.std*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		if !bytes.Contains(source, fmt.Appendf(nil, "\t\t{%q, ", name)) {
			t.Errorf("%s: no test", file)
		}
	}
}

// The examples in the command's documentation print what they say.
func TestDoc(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	p, err := doc.NewFromFiles(fset, []*ast.File{file}, "gate")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile(`(?m)^\t\$ gate (.*)\n((?:\t.*\n|\n)*)`).FindAllStringSubmatch(p.Doc, -1)
	if len(examples) != 2 {
		t.Fatalf("%d examples", len(examples))
	}
	t.Chdir("testdata")
	for _, example := range examples {
		var stdout, stderr bytes.Buffer
		gate(&stdout, &stderr, strings.Fields(example[1]))
		want := strings.TrimRight(strings.ReplaceAll(example[2], "\t", ""), "\n") + "\n"
		got := regexp.MustCompile(` +\n`).ReplaceAllString(stdout.String(), "\n")
		if got != want || stderr.Len() > 0 {
			t.Errorf("gate %s: got\n%s%s\nthe documentation says\n%s", example[1], got, &stderr, want)
		}
	}
}
