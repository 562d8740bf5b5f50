// Package literal finds which of many literals a text equals, begins with, ends with or contains, ignoring case.
package literal
