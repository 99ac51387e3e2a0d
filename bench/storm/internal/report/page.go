package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string

	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
		"clip":    clip,
		"counted": counted[int],
		"at":      hundredths,
		"fromTop": func(v float64) string { return hundredths(100 - v) },
	}).Parse(pageText))

	// pagePolicy lets a browser load nothing and run nothing, whatever a server has
	// smuggled in.
	pagePolicy = "default-src 'none'; style-src '" + digest(pageStyle) + "'; base-uri 'none'; form-action 'none'"
)

// digest is that of Content Security Policy 3, section 2.3.1.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// HTML writes one page that needs nothing but a browser. What servers have said is
// in it as text, cut to what people read: its size has a bound.
func (r *Report) HTML(w io.Writer) error {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, &page{r}); err != nil {
		return err
	}
	_, err := b.WriteTo(w)
	return err
}

// A page is what page.html asks for what it shows.
type page struct{ *Report }

func (p *page) Policy() string      { return pagePolicy }
func (p *page) Style() template.CSS { return template.CSS(pageStyle) } // is ours

// Title is what the page is about.
func (p *page) Title() string {
	if p.Settings.URL == "" {
		return "storm"
	}
	return clip(p.Settings.URL)
}

// About is when it was, and what it ran on.
func (p *page) About() []string {
	all := []string{p.Started.UTC().Format("2006-01-02 15:04:05 UTC"), p.Elapsed.Round(time.Millisecond).String()}
	if p.Settings.Engine != "" {
		all = append(all, "engine "+p.Settings.Engine)
	}
	if p.Runs > 1 {
		all = append(all, fmt.Sprintf("%d runs merged", p.Runs))
	}
	for _, s := range []string{p.Settings.Machine, p.Settings.Storm} {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

// hundredths is a percentage of a width or height.
func hundredths(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// longest is how many characters of one text are shown.
const longest = 400

// clip makes text that came from elsewhere one to look at.
func clip(text string) string {
	n := 0
	for i := range text {
		if n++; n > longest {
			return fmt.Sprintf("%s … (%d characters)", printable(text[:i]), utf8.RuneCountInString(text))
		}
	}
	return printable(text)
}
