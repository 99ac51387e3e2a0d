package plan

import (
	"net/url"
	"strconv"
	"strings"
)

// readURLs has the templates of the arguments and of --url-file, with the place of
// each for errors.
func readURLs(o *Options) (texts, places []string, err error) {
	for i, text := range o.URLs {
		place := "URL"
		if len(o.URLs) > 1 {
			place += ", number " + strconv.Itoa(i+1)
		}
		if text == "" {
			return nil, nil, usagef("%s: empty", place)
		}
		texts, places = append(texts, text), append(places, place)
	}
	if o.URLFile == "" {
		return texts, places, nil
	}
	b, err := readFile(o.URLFile, maxTable)
	if err != nil {
		return nil, nil, usagef("--url-file: %v", err)
	}
	line := 0
	before := len(texts)
	for text := range strings.Lines(string(b)) {
		line++
		if text = strings.TrimSpace(text); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		texts, places = append(texts, text), append(places, "--url-file: "+o.URLFile+", line "+strconv.Itoa(line))
	}
	if len(texts) == before {
		return nil, nil, usagef("--url-file: %s has no URL; want one a line", o.URLFile)
	}
	return texts, places, nil
}

// compileURL compiles a URL. What stands behind the host, or is userinfo, is
// percent-encoded; what is in the host cannot end it; a scheme, or all of the URL,
// is as it is.
func (c *compiler) compileURL(place, text string) (template, error) {
	var out template
	where := inScheme
	for text != "" {
		at := placeholder.FindStringSubmatchIndex(text)
		if at == nil {
			return out.literal(text), nil
		}
		out = out.literal(text[:at[0]])
		where = where.behind(text[:at[0]])
		name, rest := text[at[2]:at[3]], text[at[1]:]
		p, err := c.part(place, name)
		if err != nil {
			return nil, err
		}
		userinfo := where == inAuthority && strings.Contains(authority(rest), "@")
		p.escape = where == inPath || userinfo
		switch {
		case where == inScheme && p.name != literal && (len(out) > 0 || rest != ""):
			return nil, usagef("%s: {{%s}} may stand for all of the URL, or for something behind its ://", place, name)
		case p.name == literal && p.escape:
			out = out.literal(escape(p.text))
		case p.name == literal:
			if where == inAuthority && strings.ContainsAny(p.text, endsHost) {
				return nil, usagef("%s: {{%s}}: %s", place, name, noHost)
			}
			out = out.literal(p.text)
			where = where.behind(p.text)
		case p.name == cell && where == inAuthority && !p.escape:
			for k := range c.table.rows {
				if strings.ContainsAny(c.table.cell(k, p.column), endsHost) {
					return nil, usagef("%s: {{%s}}, row %d: %s", place, name, k+1, noHost)
				}
			}
			fallthrough
		default:
			out = append(out, p)
		}
		text = rest
	}
	return out, nil
}

const (
	endsHost = "/?#@\\ \t\r\n"
	noHost   = "what stands in the place of a host or port cannot be one"
)

// An urlPart is where in a URL something stands.
type urlPart uint8

const (
	inScheme urlPart = iota
	inAuthority
	inPath // or query
)

// behind is the part that text leads to.
func (u urlPart) behind(text string) urlPart {
	if u == inScheme {
		_, after, ok := strings.Cut(text, "://")
		if !ok {
			return u
		}
		u, text = inAuthority, after
	}
	if u == inAuthority && strings.ContainsAny(text, "/?#") {
		return inPath
	}
	return u
}

// authority is text until the path or query begins.
func authority(text string) string {
	text = placeholder.ReplaceAllString(text, "")
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		return text[:i]
	}
	return text
}

// escape leaves nothing but the unreserved characters of RFC 3986 section 2.3.
func escape(value string) string {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}
