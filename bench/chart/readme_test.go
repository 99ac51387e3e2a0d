package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	recordLink = regexp.MustCompile(`\[this record\]\((bench/records/[^)]*)\)`)
	altText    = regexp.MustCompile(`bench/pictures/([a-z]+)-light\.svg"[^>]* alt="([^"]*)"`)
	altValue   = regexp.MustCompile(`([a-z-]+) ([0-9.]+)(?: to ([0-9.]+))?`) // of an implementation
)

// The README shows what the record has that it names, in pictures and in the words
// for those who do not see them.
func TestReadme(t *testing.T) {
	const root = "../.."
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	link := recordLink.FindSubmatch(readme)
	if link == nil {
		t.Fatal("the README names no record")
	}
	file := filepath.Join(root, string(link[1]))
	rec, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if exit := run(t.Output(), []string{file, dir}); exit != 0 {
		t.Fatal(exit)
	}
	alts := altText.FindAllStringSubmatch(string(readme), -1)
	if len(alts) != len(charts) {
		t.Errorf("the README shows %d charts of %d", len(alts), len(charts))
	}
	for _, alt := range alts {
		name, words := alt[1], alt[2]
		for _, theme := range []theme{light, dark} {
			picture := name + "-" + theme.name + ".svg"
			want, err := os.ReadFile(filepath.Join(dir, picture))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(root, "bench/pictures", picture)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is not that of %s (%v)", picture, link[1], err)
			}
		}
		tab, err := charts[slices.IndexFunc(charts, func(c chart) bool { return c.file == name })].table(rec)
		if err != nil {
			t.Fatal(err)
		}
		values := altValue.FindAllStringSubmatch(words, -1)
		if len(values) < 3 {
			t.Errorf("%s: %q names %d implementations", name, words, len(values))
		}
		for _, v := range values {
			impl, least, most := v[1], v[2], v[3]
			if tab.values[impl] == nil {
				t.Errorf("%s: no implementation %s", name, impl)
				continue
			}
			want := rounded(tab.least(impl), least)
			if got := least; got != want {
				t.Errorf("%s: %s from %s, want %s", name, impl, got, want)
			}
			if most == "" {
				most = least
			}
			if want := rounded(tab.most(impl), most); most != want {
				t.Errorf("%s: %s to %s, want %s", name, impl, most, want)
			}
		}
	}
}

// rounded is v with as many decimals as like has.
func rounded(v float64, like string) string {
	_, decimals, _ := strings.Cut(like, ".")
	return strconv.FormatFloat(v, 'f', len(decimals), 64)
}
