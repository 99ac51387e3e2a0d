package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The values are medians, less the floor, in the order of the least.
func TestTable(t *testing.T) {
	rec, err := read("testdata/record.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		file          string
		impls, shapes []string
		shape         string
		values        []float64 // in that shape
	}{
		{"handshake", []string{"zeroshake", "gobwas", "gorilla"}, []string{"head=129 offer=none", "head=129 offer=full"}, "head=129 offer=none", []float64{0.1, 1, 40}},
		{"memory", []string{"zeroshake", "gobwas", "gorilla"}, []string{""}, "", []float64{4, 8, 12}},
		{"allocations", []string{"zeroshake", "gobwas", "gorilla"}, []string{"head=129 offer=none", "head=129 offer=full"}, "head=129 offer=none", []float64{0, 4, 42}},
	} {
		c := charts[slices.IndexFunc(charts, func(c chart) bool { return c.file == want.file })]
		got, err := c.table(rec)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.impls, want.impls) || !slices.Equal(got.shapes, want.shapes) {
			t.Errorf("%s: %q, %q", want.file, got.impls, got.shapes)
		}
		for i, impl := range want.impls {
			if v := got.values[impl][want.shape]; math.Abs(v-want.values[i]) > 1e-9 {
				t.Errorf("%s: %s: %v, want %v", want.file, impl, v, want.values[i])
			}
		}
	}
}

// Each chart is XML that names every implementation, in the colours of its page.
func TestCharts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if exit := run(t.Output(), []string{"testdata/record.txt", dir}); exit != 0 {
		t.Fatal(exit)
	}
	for _, name := range []string{"handshake", "memory", "allocations"} {
		for theme, page := range map[string]string{"light": "#FFFFFF", "dark": "#0D1117"} {
			svg, err := os.ReadFile(filepath.Join(dir, name+"-"+theme+".svg"))
			if err != nil {
				t.Fatal(err)
			}
			words := texts(t, svg)
			for _, impl := range []string{"zeroshake", "gobwas", "gorilla"} {
				if !slices.Contains(words, impl) {
					t.Errorf("%s-%s: no %s in %q", name, theme, impl, words)
				}
			}
			for _, hidden := range []string{"fake", "fixed"} {
				if slices.Contains(words, hidden) {
					t.Errorf("%s-%s: %s", name, theme, hidden)
				}
			}
			if i := bytes.Index(svg, []byte("fill:#")); i < 0 || !bytes.HasPrefix(svg[i+5:], []byte(page)) {
				t.Errorf("%s-%s: the page is not %s", name, theme, page)
			}
		}
	}
}

// Marks lie where the values are: 4, 8 and 12 KiB at equal distances.
func TestProportions(t *testing.T) {
	dir := t.TempDir()
	if exit := run(t.Output(), []string{"testdata/record.txt", dir}); exit != 0 {
		t.Fatal(exit)
	}
	svg, err := os.ReadFile(filepath.Join(dir, "memory-light.svg"))
	if err != nil {
		t.Fatal(err)
	}
	marks := regexp.MustCompile(`<path d="M([0-9.]+),[0-9.]+A[^"]*" style="fill:#0072B2`).FindAllSubmatch(svg, -1)
	if len(marks) != 3 {
		t.Fatalf("%d marks", len(marks))
	}
	var x []float64
	for _, m := range marks {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		x = append(x, v)
	}
	slices.Sort(x)
	if a, b := x[1]-x[0], x[2]-x[1]; a < 50 || math.Abs(a-b) > 0.5 {
		t.Errorf("marks at %v", x)
	}
}

// texts returns what an SVG says.
func texts(t *testing.T, svg []byte) (words []string) {
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return words
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := token.(xml.CharData); ok {
			words = append(words, string(s))
		}
	}
}

// What cannot be drawn is said, and no file is written.
func TestErrors(t *testing.T) {
	whole, err := os.ReadFile("testdata/record.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"/impl=fake", "/impl=other", "impl=fake has no sec/op with head=129 offer=none"},
		{"40400 ns/op", "400 ns/op", "impl=gorilla takes no more than impl=fake"},
		{"BenchmarkIdle", "BenchmarkSleep", "no BenchmarkIdle/impl= with B/conn"},
		{"100	1400 ns/op", "many	1400 ns/op", "record.txt:8: parsing iteration count"},
	} {
		dir := t.TempDir()
		file := filepath.Join(t.TempDir(), "record.txt")
		if err := os.WriteFile(file, bytes.ReplaceAll(whole, []byte(c.old), []byte(c.new)), 0o666); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		if exit := run(&stderr, []string{file, dir}); exit != 1 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s: exit code %d, %q", c.want, exit, &stderr)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
			t.Errorf("%s: %v, %v", c.want, files, err)
		}
	}
	var stderr bytes.Buffer
	if exit := run(&stderr, []string{"testdata/record.txt"}); exit != 2 || !strings.HasPrefix(stderr.String(), "usage:") {
		t.Errorf("exit code %d, %q", exit, &stderr)
	}
}
