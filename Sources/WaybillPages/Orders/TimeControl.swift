import WaybillCore

/// Shows an order as of any of its events, or of any moment. Each has an address.
struct TimeControl: Sendable {
    let shown: OrderShown

    /// Events on the track before and after the one that is shown.
    private static let (beforeMax, afterMax) = (6, 5)
    private static let allMax = 12

    func section() -> HTML {
        WaybillPages.section(
            .class(shown.isPast ? "when" : "when now"), .label("Time control"), .dataPart("when")
        ) {
            div(.class("row")) {
                sentence
                form(.action(shown.target.string)) {
                    label(.for("at"), .class("hidden")) { "Show a moment, UTC" }
                    input(
                        .id("at"), .name("at"), .type("text"), .inputmode("numeric"), .autocomplete("off"),
                        .value(shown.isPast ? Times.full(shown.times.now) : ""), .placeholder("2026-11-30 10:05"))
                    button { "Show" }
                }
                steps
            }
            track
        }
    }

    private var sentence: HTML {
        p {
            if shown.isPast {
                span(.class("tag past")) { "the past" }
                " "
                b { "As of event \(shown.version) of \(shown.lastVersion): \(title(of: shown.version))" }
                lineBreak()
                shown.times.fullHTML(shown.times.now)
                " UTC, "
                span(.class("soft")) { Times(now: shown.now).relativeHTML(shown.times.now) }
            } else {
                b { "Now" }
                span(.class("soft")) {
                    "after event \(shown.version): \(title(of: shown.version))"
                    if let at = shown.events.last?["at"].moment {
                        ", "
                        shown.times.relativeHTML(at)
                    }
                }
            }
        }
    }

    private func title(of version: Int64) -> String {
        shown.events.first { $0["version"].int == version }.map { EventWords.title($0) } ?? "event \(version)"
    }

    private var steps: HTML {
        div(.class("steps")) {
            step("«", "First event", shown.version > 1 ? 1 : nil)
            step("‹ Event \(max(1, shown.version - 1))", nil, shown.version > 1 ? shown.version - 1 : nil)
            if shown.isPast {
                step("Event \(shown.version + 1) ›", nil, shown.version < shown.lastVersion ? shown.version + 1 : nil)
                a(.class("button main"), .href(shown.target.string)) { "Now" }
            }
        }
    }

    private func step(_ word: String, _ label: String?, _ version: Int64?) -> HTML {
        guard let version else { return span(.class("button"), .ariaDisabled) { HTML(word) } }
        return a(.class("button"), .href(shown.address(ofEvent: version)), label.map { .label($0) }) { HTML(word) }
    }

    private var track: HTML {
        let all = shown.events.compactMap { $0["version"].int }
        let near = all.filter {
            $0 >= shown.version - Int64(Self.beforeMax) && $0 <= shown.version + Int64(Self.afterMax)
        }
        let versions = all.count <= Self.allMax ? all : near
        return ol(.class("track"), .label("Events of this order")) {
            for version in versions {
                let isLater = version > shown.version
                let name = title(of: version)
                li(.class(isLater ? "later" : "")) {
                    a(
                        .href(shown.address(ofEvent: version)), .title("Event \(version): \(name)"),
                        version == shown.version ? .current("step") : nil
                    ) {
                        "\(version)"
                        span { " \(name)" }
                    }
                }
            }
        }
    }
}
