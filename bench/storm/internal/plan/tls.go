package plan

import (
	"crypto/tls"
	"crypto/x509"
	"os"
)

// compileTLS reads the files that --cacert, --cert and --key name, and opens that
// of SSLKEYLOGFILE.
func compileTLS(o *Options) (*tls.Config, error) {
	c := &tls.Config{InsecureSkipVerify: o.Insecure, ServerName: o.SNI}
	var err error
	if o.CACert != "" {
		if o.Insecure {
			return nil, usagef("--cacert and --insecure: unverified, a certificate needs no CA; give one of them")
		}
		pem, err := readFile(o.CACert, maxSize)
		if err != nil {
			return nil, usagef("--cacert: %v", err)
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, usagef("--cacert: %s has no certificate in PEM", o.CACert)
		}
	}
	switch {
	case o.Cert != "" && o.Key == "":
		return nil, usagef("--cert: its private key is missing: --key FILE")
	case o.Cert == "" && o.Key != "":
		return nil, usagef("--key: its certificate is missing: --cert FILE")
	case o.Cert != "":
		pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, usagef("--cert: %v", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if c.MinVersion, err = tlsVersion("--tls-min", o.TLSMin); err != nil {
		return nil, err
	}
	if c.MaxVersion, err = tlsVersion("--tls-max", o.TLSMax); err != nil {
		return nil, err
	}
	if c.MaxVersion != 0 && c.MinVersion > c.MaxVersion {
		return nil, usagef("--tls-min and --tls-max: %s is above %s", o.TLSMin, o.TLSMax)
	}
	if c.MinVersion == 0 && c.MaxVersion != 0 && c.MaxVersion < tls.VersionTLS12 {
		c.MinVersion = c.MaxVersion // the default is above it
	}
	if o.TLSResume {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	if name := os.Getenv("SSLKEYLOGFILE"); name != "" {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return nil, usagef("SSLKEYLOGFILE: %v", err)
		}
		c.KeyLogWriter = f
	}
	return c, nil
}

func tlsVersion(flag, text string) (uint16, error) {
	switch text {
	case "":
		return 0, nil
	case "1.0":
		return tls.VersionTLS10, nil
	case "1.1":
		return tls.VersionTLS11, nil
	case "1.2":
		return tls.VersionTLS12, nil
	case "1.3":
		return tls.VersionTLS13, nil
	}
	return 0, usagef("%s: %q; want 1.0, 1.1, 1.2 or 1.3", flag, text)
}
