package main

import (
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

// The words for those who do not see the README's charts say what the record has that
// it names. That the charts are of it, .ci/run shows.
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
	rec, err := read(filepath.Join(root, string(link[1])))
	if err != nil {
		t.Fatal(err)
	}
	alts := altText.FindAllStringSubmatch(string(readme), -1)
	if len(alts) != len(charts) {
		t.Errorf("the README shows %d charts of %d", len(alts), len(charts))
	}
	for _, alt := range alts {
		name, words := alt[1], alt[2]
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
			if want := rounded(tab.least(impl), least); least != want {
				t.Errorf("%s: %s from %s, want %s", name, impl, least, want)
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
