package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadme runs the README's programs as they stand there: the first gets the
// host and port of a server, the dialer and the event loop its URL. The lines of
// the event loop come in any order.
func TestReadme(t *testing.T) {
	blocks := strings.Split(readme(t), "```go\n")[1:]
	url := env(t, "ZEROSHAKE_PYTHON")
	args := []string{strings.TrimPrefix(url, "ws://"), url, url}
	wants := []string{"open: extensions [] subprotocol 1\n", "received \"Hello\"\n", ""}
	for i := range 10 {
		wants[2] += fmt.Sprintf("connection %d closed with 1000\nconnection %[1]d received \"Hello\"\n", i)
	}
	if len(blocks) != len(wants) {
		t.Fatalf("%d programs in the README, want %d", len(blocks), len(wants))
	}
	for i, block := range blocks {
		program, _, _ := strings.Cut(block, "```")
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(program), 0o666); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(deadline(t), "go", "run", file, args[i]).CombinedOutput()
		if i == 2 {
			out = []byte(strings.Join(slices.Sorted(strings.Lines(string(out))), ""))
		}
		if err != nil || string(out) != wants[i] {
			t.Errorf("program %d: %v, %q; want %q", i, err, out, wants[i])
		}
	}
}

// TestReadmeTests: every test that the README names exists. To list them, all of
// them are built, which takes what it takes.
func TestReadmeTests(t *testing.T) {
	list := exec.Command("go", "test", "-list", ".", "work", "./.ci/servers")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	exist := strings.Fields(string(out))
	names := regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z]+)`").FindAllStringSubmatch(readme(t), -1)
	if len(names) == 0 {
		t.Error("the README names no test")
	}
	for _, name := range names {
		if !slices.Contains(exist, name[1]) {
			t.Errorf("there is no %s", name[1])
		}
	}
}
