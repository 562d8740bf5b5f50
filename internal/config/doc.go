// Package config reads the settings of one isoc process from flags, environment and a YAML file.
package config
