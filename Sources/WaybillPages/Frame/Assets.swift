import Crypto
import WaybillAPI

/// The stylesheet and the script, under names that change with what is in them, so that browsers may keep them.
struct Asset: Sendable {
    let path: String
    private let bytes: [UInt8]
    private let type: String

    static let style = Asset("waybill", "css", PackageResources.waybill_css, "text/css; charset=utf-8")
    static let script = Asset("waybill", "js", PackageResources.waybill_js, "text/javascript; charset=utf-8")
    static let icon = Asset("waybill", "svg", PackageResources.waybill_svg, "image/svg+xml")
    static let all = [style, script, icon]

    private init(_ name: String, _ ending: String, _ bytes: [UInt8], _ type: String) {
        self.bytes = bytes
        self.type = type
        let letters = Array("0123456789abcdef")
        let hash = SHA256.hash(data: bytes).prefix(8).map { "\(letters[Int($0 >> 4)])\(letters[Int($0 & 15)])" }
            .joined()
        path = "/assets/\(name)-\(hash).\(ending)"
    }

    var reply: Reply {
        Reply(
            200, headers: [("cache-control", "public, max-age=31536000, immutable")] + SecurityHeaders.ofAll,
            body: bytes, contentType: type)
    }
}

/// What every answer of the dashboard says to browsers.
enum SecurityHeaders {
    static let ofAll: [(name: String, value: String)] = [
        ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
    ]

    /// Nothing inline, nothing from elsewhere, and no frame around it.
    static let ofPages: [(name: String, value: String)] =
        ofAll + [
            (
                "content-security-policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
        ]
}
