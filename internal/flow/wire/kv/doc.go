// Package kv reads key=value and "key: value" lists as devices write them.
package kv
