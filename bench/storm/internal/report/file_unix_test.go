//go:build unix

package report

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestFileFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	link, name := filepath.Join(dir, "link"), filepath.Join(dir, "out.json")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("out.json", link); err != nil {
		t.Fatal(err)
	}
	f, err := NewFile(link)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(says("one")); err != nil || content(t, name) != "one" {
		t.Errorf("wrote %q, %v", content(t, name), err)
	}
	if to, err := os.Readlink(link); to != "out.json" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
}

func TestFileKeepsItsMode(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	if err := os.WriteFile(name, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o606); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	f, err := NewFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(says("one")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode() != 0o606 || content(t, name) != "one" {
		t.Errorf("%v, %v, %q", info, err, content(t, name))
	}
}

func TestFileIsAPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		b, err := os.ReadFile(name)
		read <- fmt.Sprint(string(b), err)
	}()
	f, err := NewFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(says("one")); err != nil {
		t.Error(err)
	}
	if got := <-read; got != "one<nil>" {
		t.Errorf("read %q", got)
	}
}
