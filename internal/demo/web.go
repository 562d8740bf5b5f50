package demo

import (
	"fmt"
	"time"
)

func browsers() []string {
	return []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
	}
}

// site is what visitors of one web server ask for.
type site struct {
	source Key
	host   string
	home   string
	pages  []string // with %d for a number
	assets []string
}

func portalMinute(w *writer) {
	w.visit(site{hisPortal, "portal01", "https://portal.hospital.example/", []string{
		"/", "/departments", "/departments/%d", "/doctors?dept=%d", "/doctors/%d", "/booking/slots?doctor=%d", "/report/list?page=%d", "/news/%d", "/login",
	}, []string{"/static/app.css", "/static/app.js", "/static/logo.svg", "/favicon.ico"}}, 4.2)
}

func shopMinute(w *writer) {
	w.visit(site{facShop, "shop-web01", "https://shop.factory.example/", []string{
		"/", "/category/%d", "/product/%d", "/search?q=bearing&page=%d", "/cart", "/product/%d/drawing", "/help/shipping", "/login",
	}, []string{"/assets/site.css", "/assets/site.js", "/images/p/%d.jpg", "/favicon.ico"}}, 3.6)
}

// visit writes visitors, each with a page and what belongs to it; some order, some mistype, a search engine comes by.
func (w *writer) visit(s site, peak float64) {
	say := func(at time.Time, h hit) {
		w.add(s.source, at, w.day.rfc5424(s.source, program{priLocal7, s.host, "nginx", 0}, at, h.combined(at)))
	}
	w.times(string(s.source)+"/visit", .8*peak, func(d dice, at time.Time) {
		h := hit{client: d.visitor(), method: "GET", uri: numbered(d, pick(d, s.pages)), status: 200, bytes: d.between(1800, 42000), agent: pick(d, browsers())}
		switch {
		case d.chance(.03):
			h.uri, h.status, h.bytes = "/apple-touch-icon.png", 404, 153
		case d.chance(.08):
			h.status, h.bytes = 304, 0
		case d.chance(.004):
			h.status, h.bytes = 502, 157
		}
		say(at, h)
		page := s.home[:len(s.home)-1] + h.uri
		for i := range d.between(0, 2) {
			say(at.Add(time.Duration(60+i*35)*time.Millisecond), hit{h.client, "GET", numbered(d, pick(d, s.assets)), 200, d.between(900, 88000), page, h.agent})
		}
		if d.chance(.12) {
			say(at.Add(900*time.Millisecond), hit{h.client, "POST", "/api/session", pick(d, []int{200, 200, 200, 401}), d.between(90, 400), page, h.agent})
		}
	})
	w.times(string(s.source)+"/crawler", .3, func(d dice, at time.Time) {
		say(at, hit{fmt.Sprintf("198.51.100.%d", d.between(241, 243)), "GET", numbered(d, pick(d, s.pages)), 200, d.between(1800, 42000), "", "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)"})
	})
	if w.minute%2 == 0 {
		at := w.start.Add(5 * time.Second)
		say(at, hit{"10.10.9.9", "GET", "/healthz", 200, 2, "", "health-check/1.4"})
	}
}

func numbered(d dice, format string) string {
	for i := range len(format) - 1 {
		if format[i] == '%' && format[i+1] == 'd' {
			return fmt.Sprintf(format, d.between(1, 900))
		}
	}
	return format
}
