package report

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is where a report goes. A regular file appears, or is replaced under its
// mode, at once and whole; anything else, a pipe or a device, is opened before the
// run and written to after it.
type File struct {
	path   string   // symbolic links followed
	opened *os.File // nil if it is to be a regular file
}

// IsFile reports whether name is the file that f is open on: --json /dev/stdout.
func IsFile(f *os.File, name string) bool {
	a, err := f.Stat()
	b, errName := os.Stat(name)
	return err == nil && errName == nil && os.SameFile(a, b)
}

// NewFile finds out, before the run, whether a report can be written.
func NewFile(name string) (*File, error) {
	f := &File{path: name}
	if path, err := filepath.EvalSymlinks(name); err == nil {
		f.path = path
	}
	if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() {
		f.opened, err = os.OpenFile(f.path, os.O_WRONLY, 0)
		return f, err
	}
	try, err := f.beside()
	if err != nil {
		return nil, err
	}
	try.Close()
	return f, os.Remove(try.Name())
}

// beside creates a file beside path that is to become it.
func (f *File) beside() (*os.File, error) {
	dir, base := filepath.Split(f.path)
	name := filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", base, os.Getpid()))
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if pathErr, ok := err.(*fs.PathError); ok {
		pathErr.Path = f.path // what the user named
	}
	return file, err
}

// Write writes the report. It is called once.
func (f *File) Write(report func(io.Writer) error) error {
	if f.opened != nil {
		return writeAndClose(f.opened, report)
	}
	file, err := f.beside()
	if err != nil {
		return err
	}
	if info, err := os.Stat(f.path); err == nil {
		file.Chmod(info.Mode().Perm()) // as far as the file system has modes
	}
	if err = writeAndClose(file, report); err == nil {
		err = os.Rename(file.Name(), f.path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

func writeAndClose(file *os.File, report func(io.Writer) error) error {
	err := report(file)
	if e := file.Close(); err == nil {
		err = e
	}
	return err
}
