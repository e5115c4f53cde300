import Testing
import WaybillPages

@Suite struct `A text on a page` {
    @Test(arguments: [
        (#"<script>alert("1")</script>"#, "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"),
        ("Tom & 'Jerry'", "Tom &amp; &#39;Jerry&#39;"), ("a\u{202E}b\u{2066}c\u{0}d", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d"),
        ("保温杯 é 🙂", "保温杯 é 🙂"),
    ])
    func `is escaped, wherever it is from`(text: String, escaped: String) {
        #expect(HTML(text).markup == escaped)
        let asPart: HTML = "before \(text) after"
        #expect(asPart.markup == "before \(escaped) after")
        #expect(HTML(stringLiteral: text).markup == escaped)
    }

    @Test func `that is HTML already is not escaped again`() {
        let inner = HTML("<")
        let outer: HTML = "a \(inner) b"
        #expect(outer.markup == "a &lt; b")
    }

    @Test(arguments: [
        ("/orders/1?a=b", "/orders/1?a=b"), ("?event=3", "?event=3"), ("#calls", "#calls"), ("//evil.example", "#"),
        ("/\\evil.example", "#"), ("https://evil.example", "#"), ("javascript:alert(1)", "#"), ("", "#"),
    ])
    func `that is an address leads nowhere but to this server`(target: String, address: String) {
        #expect(Attribute.address(target) == address)
    }
}
