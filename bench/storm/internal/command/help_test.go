package command

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestHelpFitsTwoScreens(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(Help(), "\n"), "\n")
	if len(lines) > 100 {
		t.Errorf("%d lines are more than two screens", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("wider than 80 columns: %s", line)
		}
	}
}

func TestTopics(t *testing.T) {
	for _, topic := range topics {
		if !strings.Contains(topicList, topic.name) {
			t.Errorf("%s is not in the list", topic.name)
		}
		for _, line := range strings.Split(topic.text, "\n") {
			if len(line) > 80 {
				t.Errorf("%s: wider than 80 columns: %s", topic.name, line)
			}
		}
	}
	if n := len(strings.Split(topicList, ", ")); n != len(topics) {
		t.Errorf("%d topics, %d in the list", len(topics), n)
	}
}

// The README has the help as it is, and what else it shows of the command line is
// no error.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	if !strings.Contains(readme, "```\n"+Help()+"```\n") {
		t.Error("the README's flags are not those of --help")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("TOKEN", "abc")
	for name, text := range map[string]string{
		"users.csv": "user,token,room\nann,5f1c,a\n", "f.csv": "user,token\nann,5f1c\n",
		"storm.yaml": between(t, readme, "```yaml\n", "```"),
		"ca.pem":     certificate(t),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tried := 0
	for _, text := range []string{readme, topics[0].text, topics[1].text, helpTail} {
		for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
			for part := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSpace(line), "$ "), "; ") {
				part, _, _ = strings.Cut(part, "   #")
				if !strings.HasPrefix(part, "storm -") && !strings.HasPrefix(part, "storm merge A") {
					continue
				}
				var args []string
				for arg := range strings.FieldsSeq(quoted.ReplaceAllStringFunc(part, func(q string) string {
					return strings.ReplaceAll(strings.Trim(q, "'"), " ", "\x00")
				})) {
					args = append(args, strings.ReplaceAll(strings.Replace(arg, "URL", "ws://h/", 1), "\x00", " "))
				}
				if c := execute(args[1:]...); c.did == "" {
					t.Errorf("%s: %s", part, c.stderr)
				}
				tried++
			}
		}
	}
	if tried < 20 {
		t.Errorf("%d command lines", tried)
	}
}

var quoted = regexp.MustCompile(`'[^']*'`)

func between(t *testing.T, text, begin, end string) string {
	t.Helper()
	_, text, ok := strings.Cut(text, begin)
	text, _, closed := strings.Cut(text, end)
	if !ok || !closed {
		t.Fatalf("nothing between %q and %q", begin, end)
	}
	return text
}

func certificate(t *testing.T) string {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}
