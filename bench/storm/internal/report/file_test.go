package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func says(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFileAppearsWhole(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out.json")
	f, err := NewFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("the trial left %v", left)
	}
	if err := f.Write(says("one")); err != nil || content(t, name) != "one" {
		t.Errorf("wrote %q, %v", content(t, name), err)
	}
	broken := errors.New("broken")
	err = f.Write(func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	})
	if err != broken || content(t, name) != "one" {
		t.Errorf("a write that fails gives %v and leaves %q", err, content(t, name))
	}
	if err := f.Write(says("two")); err != nil || content(t, name) != "two" {
		t.Errorf("wrote %q, %v", content(t, name), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("the directory holds %v", left)
	}
}

func TestFileRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{dir, filepath.Join(dir, "none", "out.json")} {
		if _, err := NewFile(name); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
