package arch

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxLines is where a file stops being one concept.
const maxLines = 600

func tracked(t *testing.T, patterns ...string) (root string, files []string) {
	t.Helper()
	top, err := exec.Command("git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		t.Skip("not a git checkout: the files of the project cannot be listed")
	}
	root = strings.TrimSpace(string(top))
	out, err := exec.Command("git", append([]string{"-C", root, "ls-files", "--"}, patterns...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return root, strings.Fields(string(out))
}

func TestFilesStayShort(t *testing.T) {
	t.Parallel()
	root, files := tracked(t, "*.go", "*.ts", "*.tsx")
	for _, f := range files {
		if strings.Contains(f, "sqlgen/") || strings.Contains(f, "src/client/") {
			continue // generated
		}
		text, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			continue // deleted in the work tree
		}
		if n := bytes.Count(text, []byte{'\n'}); n > maxLines {
			t.Errorf("%s has %d lines: which two things is it?", f, n)
		}
	}
}

func TestNoInit(t *testing.T) {
	t.Parallel()
	root, files := tracked(t, "*.go")
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			continue
		}
		if bytes.HasPrefix(text, []byte("func init()")) || bytes.Contains(text, []byte("\nfunc init()")) {
			t.Errorf("%s has an init function: wire it in app", f)
		}
	}
}
