import WaybillAccess
import WaybillCore

/// An act that is about to be done: what it will do, why, and a button that says it again. Nothing has changed yet.
struct ActPreview: Sendable {
    /// The whole act as a sentence.
    var sentence: HTML
    /// Where the form is sent.
    var target: String
    /// Where it leads to choose something else, or to do nothing.
    var back: String
    var facts: [(name: String, value: HTML)] = []
    /// Numbers and a sample.
    var shown = HTML()
    /// What the form brings along.
    var values: [(name: String, value: String)] = []
    var key: String
    /// What has to be ticked; nil: nothing.
    var tick: HTML?
    var button: String
    var isDangerous = false
    /// How it is undone, or that it cannot be.
    var undo: HTML = ""
    /// What was typed before, when it was refused.
    var reason = ""
    var needsReason = true
    var refused: Refused?

    static let reasonBytesMax = 500

    var html: HTML {
        form(.class("act"), .action(target), .method("post"), .labelledby("act")) {
            ol {
                li { "1 Choose" }
                li(.current("step")) { "2 Preview, reason, confirm" }
                li { "3 Result" }
            }
            div(.class("body")) {
                div {
                    h2(.id("act"), .class("big")) { sentence }
                    p(.class("soft")) { "Nothing has changed yet." }
                }
                if let refused { Problems.notice(refused) }
                if !facts.isEmpty {
                    dl(.class("facts")) {
                        for fact in facts {
                            div {
                                dt { HTML(fact.name) }
                                dd { fact.value }
                            }
                        }
                    }
                }
                shown
                input(.type("hidden"), .name("key"), .value(key))
                for value in values { input(.type("hidden"), .name(value.name), .value(value.value)) }
                if needsReason {
                    label {
                        "Reason, kept in the audit"
                        textarea(.name("reason"), .required, .maxlength(Self.reasonBytesMax), .rows(3)) { HTML(reason) }
                    }
                }
                if let tick {
                    label(.class("check")) {
                        input(.type("checkbox"), .name("sure"), .value("yes"), .required)
                        span { tick }
                    }
                }
            }
            div(.class("foot")) {
                button(.class(isDangerous ? "danger" : "main")) { HTML(self.button) }
                a(.class("button"), .href(back)) { "Do nothing" }
                span { undo }
            }
        }
    }

    private func button(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
        HTML("button", attributes, content())
    }
}

/// The first of the three steps: what the act is to do.
func actChoice(_ title: HTML, action: String, back: String, @HTMLBuilder _ body: () -> HTML) -> HTML {
    form(.class("act"), .action(action), .labelledby("act")) {
        ol {
            li(.current("step")) { "1 Choose" }
            li { "2 Preview, reason, confirm" }
            li { "3 Result" }
        }
        div(.class("body")) {
            h2(.id("act"), .class("big")) { title }
            body()
        }
        div(.class("foot")) {
            button(.class("main")) { "Preview" }
            a(.class("button"), .href(back)) { "Do nothing" }
            span { "Nothing changes before you confirm the preview" }
        }
    }
}

/// Bodies of acts.
enum ActBody {
    static func json(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return writer.bytes
    }

    static func reason(_ visit: Visit) -> [UInt8] {
        json { writer in
            writer.key("reason")
            writer.text(Text(visit.form["reason"]))
        }
    }
}

extension Visit {
    /// Refuses a page of an act whose operation its reader may not ask for.
    func require(_ operation: String, on resource: String? = nil) throws(Refused) {
        guard asker.may(operation, on: resource.map { Text($0) }) else {
            throw Refused(
                status: 403, code: "forbidden",
                detail: "the token of \(asker.principal.name) does not allow \(operation)")
        }
    }
}
