//go:build unix

package plan

import (
	"os"
	"path/filepath"
	"testing"
)

// A file is one by whatever name, whether it is there yet or not.
func TestOutputsToOneFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("d", 0o700); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"also-d": "d", "link": "there", "dangling": "d/none"} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("there", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ json, csv, want string }{
		{"x", "d/../x", "--json and --csv: x and d/../x are one file; give each a file of its own"},
		{"x", filepath.Join(dir, "x"), "--json and --csv: x and "},
		{"d/x", "also-d/x", "--json and --csv: d/x and also-d/x are one file"},
		{"there", "link", "--json and --csv: there and link are one file"},
		{"-", "/dev/stdout", "--json and --csv: both to stdout; give one of them a file"},
		{"/dev/stdout", "-", "--json and --csv: both to stdout; give one of them a file"},
		{"./-", "./-", "--json and --csv: both to ./-; give each a file of its own"},
	} {
		refused(t, func(o *Options) { o.JSON, o.CSV = tt.json, tt.csv }, tt.want)
	}
	for _, other := range []string{
		"-",
		"./-",
		"d/x",
		"dangling", // is replaced
		"none/x",   // cannot be written
	} {
		mustPlan(t, func(o *Options) { o.JSON, o.Bench, o.HDR = "x", other, "d/none" })
	}
	mustPlan(t, func(o *Options) { o.JSON, o.CSV = "-", "./-" })
}
