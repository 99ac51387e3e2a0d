package report

import (
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// A Screen is where a View shows something.
type Screen struct {
	w       io.Writer
	size    func() (width, height int) // of the terminal, which may change; nil for none
	color   bool
	unicode bool
}

// NewScreen looks at f and at the environment. Without a terminal, or on a dumb
// one, there are lines one after the other. NO_COLOR is that of no-color.org.
func NewScreen(f *os.File, getenv func(string) string) *Screen {
	s := &Screen{w: f}
	fd := int(f.Fd())
	if !term.IsTerminal(fd) || getenv("TERM") == "dumb" {
		return s
	}
	s.color = getenv("NO_COLOR") == ""
	s.unicode = speaksUnicode(getenv)
	s.size = func() (int, int) {
		width, height, err := term.GetSize(fd)
		if err != nil || width == 0 || height == 0 { // a serial line, say, knows none
			return 80, 24
		}
		return width, height
	}
	return s
}

// speaksUnicode goes by the locale, in the order of POSIX.
func speaksUnicode(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(getenv(name)); v != "" {
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin"
}

// Escape sequences of ECMA-48.
const (
	toLineEnd   = "\x1b[K"
	toScreenEnd = "\x1b[J"
	up          = "\x1b[%dA"
	bold        = "\x1b[1m"
	faint       = "\x1b[2m"
	red         = "\x1b[31m"
	plain       = "\x1b[0m"
)

// ramp is what sparklines are made of, the least first, and a bar's full and
// empty.
func (s *Screen) ramp() []rune {
	if s.unicode {
		return []rune("▁▂▃▄▅▆▇█")
	}
	return []rune("_.-=+*#@")
}

func (s *Screen) bar() (full, empty string) {
	if s.unicode {
		return "█", "░"
	}
	return "#", "."
}

// A cell is a piece of a line in one style.
type cell struct{ style, text string }

// line puts cells together that fit width, and says how wide they are.
func (s *Screen) line(cells []cell, width int) (line string, wide int) {
	var b strings.Builder
	for _, c := range cells {
		runes := []rune(c.text)
		runes = runes[:max(min(len(runes), width-wide), 0)]
		wide += len(runes)
		if s.color && c.style != "" && len(runes) > 0 {
			b.WriteString(c.style + string(runes) + plain)
		} else {
			b.WriteString(string(runes))
		}
	}
	return b.String(), wide
}
