// Package i18n words the messages that the API sends to people, in each language it speaks.
package i18n
