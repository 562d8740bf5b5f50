// Package attack knows the tactics and techniques of MITRE ATT&CK® for Enterprise, how rules name them, and writes layers for its Navigator.
// techniques.csv: © 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.
package attack
