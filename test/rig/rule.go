package rig

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// FailedLoginRule fires on every failed SSH login. The product ships none so noisy; tests and measurements want one alert a record.
const FailedLoginRule = `title: Rig failed SSH login
id: 2f6a1d0e-5b7c-4c86-9d8e-1f0a7c3b9e42
status: test
level: low
logsource:
    product: linux
    service: sshd
detection:
    failed:
        - 'Failed password'
    condition: failed
`

// SixFailedLogins fires once for each process of sshd with six failed logins at least: what correlations must count exactly.
const SixFailedLogins = FailedLoginRule + `name: rig_failed_login
---
title: Rig six failed SSH logins of one process
id: 5d0c3b1e-64a1-4a8b-b0de-0e6a5d7c2f11
status: test
level: medium
generate: true
correlation:
    type: event_count
    rules: [rig_failed_login]
    group-by: [process.pid]
    timespan: 6h
    condition: {gte: 6}
`

// ImportRule brings a rule in with the command an operator would use.
func ImportRule(ctx context.Context, binary, data, rule string) error {
	dir, err := os.MkdirTemp("", "isoc-rig-rule-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "rule.yml"), []byte(rule), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, binary, "content", "import", "--data", data, "--name", "rig", dir)
	cmd.Env = append(os.Environ(), "ISOC_LANG=en")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("import rule: %w\n%s", err, out)
	}
	return nil
}
