package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/app"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/telemetry"
)

// runContent works on packs of rules.
func runContent(ctx context.Context, env environment, args []string) error {
	verbs := map[string]func(context.Context, environment, *flag.FlagSet, []string) error{
		"import": importContent, "keygen": generateKey, "pack": packContent, "verify": verifyContent,
	}
	if len(args) == 0 || verbs[args[0]] == nil {
		return &misuseError{env.text("content verb")}
	}
	return verbs[args[0]](ctx, env, flag.NewFlagSet("content", flag.ContinueOnError), args[1:])
}

// importContent imports a folder, ZIP or signed pack straight into the database. A running product notices within seconds.
func importContent(ctx context.Context, env environment, fs *flag.FlagSet, args []string) error {
	db := databaseFlags(fs)
	var o content.ImportOptions
	fs.StringVar(&o.Name, "name", "", "name of the pack; empty takes the folder's or file's")
	fs.BoolVar(&o.Unsigned, "unsigned", false, "take a ZIP that nobody signed")
	fs.BoolVar(&o.Force, "force", false, "take a version older than one that is here")
	stage := fs.Bool("stage", false, "do not put it in force")
	if err := env.parseFlags(fs, args, 1); err != nil {
		return err
	}
	path := fs.Arg(0)
	o.Activate = !*stage
	if db.dsn == "" {
		if err := os.MkdirAll(db.data, 0o700); err != nil {
			return err
		}
	}
	done, err := app.ImportContent(ctx, app.Build{Version: version}, db.data, db.dsn, o, path, telemetry.NewLogger(env.err, "warn", "text"))
	if err != nil {
		return err
	}
	fmt.Fprintln(env.out, env.text("imported", done.Pack.Name, done.Pack.Version, done.Pack.Rules, done.Pack.Refused))
	if done.Pack.Signer == "" {
		fmt.Fprintln(env.out, env.text("unsigned"))
	} else {
		fmt.Fprintln(env.out, env.text("signed", done.Pack.Release, done.Pack.Signer))
	}
	if !done.Pack.Active {
		fmt.Fprintln(env.out, env.text("staged"))
	}
	for _, r := range done.Refusals {
		fmt.Fprintln(env.out, env.text("refused", r.File, r.Reason))
	}
	return nil
}

// generateKey writes a pair of keys beside each other: the private one for its owner alone.
func generateKey(_ context.Context, env environment, fs *flag.FlagSet, args []string) error {
	out := fs.String("out", "pack", "name of the two files, without .key and .pub")
	if err := env.parseFlags(fs, args, 0); err != nil {
		return err
	}
	private, public, err := packfile.GenerateKey()
	if err != nil {
		return err
	}
	if err := writeNew(*out+".key", private, 0o600); err != nil {
		return err
	}
	if err := writeNew(*out+".pub", public, 0o644); err != nil {
		return err
	}
	key, err := packfile.ParsePublicKey(public)
	if err != nil {
		return err
	}
	fmt.Fprintln(env.out, env.text("key made", packfile.KeyID(key), *out+".key", *out+".pub"))
	return nil
}

// writeNew never overwrites: a lost private key cannot be had again.
func writeNew(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// packContent signs a folder.
func packContent(_ context.Context, env environment, fs *flag.FlagSet, args []string) (err error) {
	keyFile := fs.String("key", "", "file with the private key")
	out := fs.String("out", "", "file to write; empty takes NAME-VERSION.zip")
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") { // the folder may come first
		args = append(args[1:], args[0])
	}
	if err := env.parseFlags(fs, args, 1); err != nil {
		return err
	}
	if *keyFile == "" {
		return &misuseError{env.text("key missing")}
	}
	text, err := os.ReadFile(*keyFile)
	if err != nil {
		return err
	}
	key, err := packfile.ParsePrivateKey(text)
	if err != nil {
		return fmt.Errorf("%s: %w", *keyFile, err)
	}
	var buf strings.Builder
	m, err := packfile.Write(&buf, os.DirFS(fs.Arg(0)), key, time.Now())
	if err != nil {
		return err
	}
	if *out == "" {
		*out = m.Name + "-" + m.Version + ".zip"
	}
	if err := os.WriteFile(*out, []byte(buf.String()), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(env.out, env.text("packed", *out, m.Name, m.Version, len(m.Files)))
	return nil
}

// verifyContent checks an archive against a public key, or against those that the database trusts. It changes nothing.
func verifyContent(ctx context.Context, env environment, fs *flag.FlagSet, args []string) error {
	db := databaseFlags(fs)
	keyFile := fs.String("key", "", "file with the public key; empty takes the keys trusted in the database")
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args = append(args[1:], args[0])
	}
	if err := env.parseFlags(fs, args, 1); err != nil {
		return err
	}
	var keys func(id string) (ed25519.PublicKey, error)
	if *keyFile != "" {
		text, err := os.ReadFile(*keyFile)
		if err != nil {
			return err
		}
		key, err := packfile.ParsePublicKey(text)
		if err != nil {
			return err
		}
		keys = func(id string) (ed25519.PublicKey, error) {
			if id != packfile.KeyID(key) {
				return nil, errors.New(env.text("other key", id, packfile.KeyID(key)))
			}
			return key, nil
		}
	} else {
		if err := db.check(env); err != nil {
			return err
		}
		trusted, err := app.TrustedKeys(ctx, db.data, db.dsn, telemetry.NewLogger(env.err, "warn", "text"))
		if err != nil {
			return err
		}
		keys = trusted
	}
	f, err := os.Open(filepath.Clean(fs.Arg(0)))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p, err := packfile.Read(f, info.Size(), keys)
	if err != nil {
		return err
	}
	if p.Manifest == nil {
		fmt.Fprintln(env.out, env.text("unsigned"))
		return errReported
	}
	fmt.Fprintln(env.out, env.text("verified", p.Manifest.Name, p.Manifest.Version, p.Signer, len(p.Manifest.Files), len(p.Files)))
	return nil
}
