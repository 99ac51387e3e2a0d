package session_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/zeroshake/zeroshake"

// What the packages of a folder and of those below it may import besides the
// standard library; the innermost folder decides. Packages in pure do without
// network, clock, log and files. A folder with a go.mod of its own is a module
// of its own, of which only the rule about bench is asked.
var (
	mayImport = map[string][]string{
		"parse":           {"github.com/valyala/bytebufferpool"},
		"parse/parsetest": {"parse"},
		"accept":          {},
		"session":         {"parse", "accept"},
		"session/deflate": {"session", "github.com/klauspost/compress/flate"},
		"session/dial":    {"parse", "session", "session/deflate"},
		"session/loop":    {"parse", "session", "session/deflate", "session/dial", "golang.org/x/sys/unix"},
		"bench":           {"parse", "accept", "session", "session/deflate", "session/dial", "session/loop", "bench/internal/heads", "bench/internal/serve", "golang.org/x/sys/unix"},
		"bench/gate":      {"golang.org/x/perf/benchfmt", "golang.org/x/perf/benchproc", "golang.org/x/perf/benchmath"},
		"fuzz":            {"parse", "parse/parsetest", "accept", "session"},
	}
	pure       = []string{"parse", "accept", "session"}
	impure     = []string{"net", "time", "log", "os"} // and what is below them
	usesUnsafe = "session/loop/syscall_"              // the files that may import it, tests aside
	assembly   = []string{"accept/pair_amd64.s", "accept/sixteen_amd64.s", "parse/lines_amd64.s"}
)

// The dependencies have one direction. Every file counts, whatever system it
// is for.
func TestImports(t *testing.T) {
	root := ".."
	nested := map[string]bool{} // folders of other modules
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch base := d.Name(); {
		case d.IsDir() && (base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") && rel != "."):
			return filepath.SkipDir
		case d.IsDir() && rel != ".":
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
				nested[rel] = true
			}
		case strings.HasSuffix(base, ".s") && !slices.Contains(assembly, rel):
			t.Errorf("%s: assembly is for %s", rel, assembly)
		case strings.HasSuffix(base, ".go"):
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			seen[path.Dir(rel)] = true
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				if why := forbidden(rel, imported, nested); why != "" {
					t.Errorf("%s imports %s: %s", rel, imported, why)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range pure {
		if !seen[dir] {
			t.Errorf("no file of %s was seen", dir)
		}
	}
}

// forbidden says why a file may not import what it does, "" if it may.
func forbidden(file, imported string, nested map[string]bool) string {
	dir := path.Dir(file)
	imported, ours := strings.CutPrefix(imported, module+"/")
	if ours && within(imported, "bench") && !within(dir, "bench") {
		return "nothing outside of bench imports bench"
	}
	if strings.HasSuffix(file, "_test.go") {
		return ""
	}
	folder := dir
	for mayImport[folder] == nil && !nested[folder] {
		if folder == "." {
			return "the folder is not in the table"
		}
		folder = path.Dir(folder)
	}
	if nested[folder] {
		return ""
	}
	standard := !ours && !strings.Contains(strings.Split(imported, "/")[0], ".")
	if standard {
		if imported == "unsafe" && !strings.HasPrefix(file, usesUnsafe) {
			return "unsafe is for " + usesUnsafe
		}
		for _, bad := range impure {
			if slices.Contains(pure, dir) && within(imported, bad) {
				return "the package does without network, clock, log and files"
			}
		}
		return ""
	}
	if !slices.Contains(mayImport[folder], imported) {
		return "not in the table"
	}
	return ""
}

func within(dir, root string) bool { return dir == root || strings.HasPrefix(dir, root+"/") }

// The rule itself, at what it forbids.
func TestImportsForbidden(t *testing.T) {
	nested := map[string]bool{"bench/storm": true}
	for _, row := range []struct {
		file, imported string
		want           bool
	}{
		{"parse/a.go", "strings", true},
		{"parse/a.go", "github.com/valyala/bytebufferpool", true},
		{"parse/a.go", "net/netip", false},
		{"parse/a.go", "os", false},
		{"parse/a.go", "time", false},
		{"parse/a.go", "log/slog", false},
		{"parse/a_test.go", "net/http", true},
		{"parse/a.go", module + "/session", false},
		{"parse/a.go", "golang.org/x/sys/unix", false},
		{"accept/a.go", module + "/parse", false},
		{"session/a.go", module + "/parse", true},
		{"session/a.go", module + "/session/dial", false},
		{"session/a.go", "github.com/klauspost/compress/flate", false},
		{"session/dial/a.go", "net", true},
		{"session/dial/a.go", module + "/session/loop", false},
		{"session/a_test.go", module + "/bench/internal/heads", false},
		{"bench/a.go", module + "/session/dial", true},
		{"bench/internal/serve/a.go", "golang.org/x/sys/unix", true},
		{"bench/storm/a.go", "github.com/alecthomas/kong", true},
		{"bench/storm/internal/a.go", "github.com/alecthomas/kong", true},
		{"bench/storm/a.go", module + "/bench/internal/heads", true},
		{"fuzz/a.go", module + "/session/dial", false},
		{"session/loop/syscall_linux.go", "unsafe", true},
		{"session/loop/a.go", "unsafe", false},
		{"session/loop/a_test.go", "unsafe", true},
		{"other/a.go", "strings", false},
	} {
		if why := forbidden(row.file, row.imported, nested); (why == "") != row.want {
			t.Errorf("%s imports %s: %q", row.file, row.imported, why)
		}
	}
}
