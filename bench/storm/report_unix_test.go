//go:build unix

package main

// Reports whose readers are gone or do not read, and whose disk is full.

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/plan"
)

// The reader of the text is gone, as in "storm --json FILE 2>&1 | head -1".
func TestReportSurvivesClosedPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	cmd := stormCommand(t, "-n", "2", "-r", "0.8", "--json", name) // long enough for a line of progress
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	defer write.Close()
	cmd.Stdout, cmd.Stderr = write, write
	if err = cmd.Run(); cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v; want exit status 1, since the text is lost", err)
	}
	if s := parseResult(t, content(t, name)); s.Counts.Opened != 2 || s.Counts.Dropped != 0 {
		t.Errorf("got %+v", s)
	}
}

// The reader of the text reads nothing: the file is written before.
func TestReportSurvivesFullPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	cmd := stormCommand(t, "-n", "1", "--json", name)
	stdout, err := os.OpenFile(fullPipe(t), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	cmd.Stdout = stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	for range 1000 {
		if _, err = os.Stat(name); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error(err)
}

func TestJSONToStandardOutput(t *testing.T) {
	r := runStorm(t, "-n", "1", "--json", "/dev/stdout")
	r.want(t, 0, "1 of 1")
	if s := parseResult(t, r.stdout); s.Counts.Opened != 1 {
		t.Errorf("got %v", r)
	}
}

// fullPipe is the name of a pipe that takes nothing more, and that nobody reads.
func fullPipe(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Open(name, syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	for err == nil {
		_, err = syscall.Write(fd, []byte{0})
	}
	if err != syscall.EAGAIN {
		t.Fatal(err)
	}
	return name
}

// A full disk takes one of the reports, not both.
func TestReportSurvivesFullDisk(t *testing.T) {
	const full = "/dev/full"
	disk, err := os.OpenFile(full, os.O_WRONLY, 0)
	if err != nil {
		t.Logf("no %s: a closed file instead", full)
		if disk, err = os.Open(os.DevNull); err != nil { // not writable
			t.Fatal(err)
		}
	} else {
		runStorm(t, "-n", "2", "--json", full, "--threshold", "opened==3").want(t, 1, "--json: ", "2 of 2", "BROKEN")
	}
	defer disk.Close()
	name := filepath.Join(t.TempDir(), "out.json")
	cmd := stormCommand(t, "-n", "2", "--json", name)
	cmd.Stdout = disk
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v; want exit status 1, since the text is lost", err)
	}
	if s := parseResult(t, content(t, name)); s.Counts.Opened != 2 {
		t.Errorf("got %+v", s.Counts)
	}
}

// outputFlags are those of reports.
func outputFlags() (names []string) {
	for _, g := range plan.Groups(new(plan.Options)) {
		for _, f := range g.Flags {
			if f.Merge && f.Arg == "FILE" {
				names = append(names, "--"+f.Name)
			}
		}
	}
	return names
}

// The reader of a report is gone, as in "storm --json - | head -1": the summary is
// on standard error, and the other reports are where they should be.
func TestEveryReportIntoAClosedPipe(t *testing.T) {
	for _, lost := range outputFlags() {
		dir := t.TempDir()
		args := []string{"-n", "2", lost, "-"}
		for _, other := range outputFlags() {
			if other != lost {
				args = append(args, other, filepath.Join(dir, other))
			}
		}
		cmd := stormCommand(t, args...)
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		read.Close()
		defer write.Close()
		var stderr strings.Builder
		cmd.Stdout, cmd.Stderr = write, &stderr
		cmd.Run()
		result{cmd.ProcessState.ExitCode(), "", stderr.String()}.want(t, 1, lost+": write /dev/stdout: broken pipe", "2 of 2")
		whole(t, dir, lost)
	}
}

// whole reports what is not in dir of all reports but the lost one.
func whole(t *testing.T, dir, lost string) {
	t.Helper()
	for _, name := range outputFlags() {
		if name == lost {
			continue
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is lost with %s: %v", name, lost, err)
		}
	}
}
