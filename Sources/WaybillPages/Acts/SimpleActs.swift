import WaybillCore

/// Every act that needs nothing but a reason.
enum SimpleActs {
    static let all: [SimpleAct] = timeouts + operations + messages + access

    private static let timeouts = [
        SimpleAct(
            path: "/timeouts/hold", name: "hold", operation: "holdTimeouts", place: .timeouts,
            title: "Hold all timeouts",
            sentence: { _ in "Hold all timeouts of orders" }, target: { _ in Target("/v1/timeouts/hold") },
            back: { _ in Target("/timeouts") }, button: "Hold all timeouts",
            undo: "Can be undone: release them; what became overdue fires then, in order"),
        SimpleAct(
            path: "/timeouts/release", name: "release", operation: "releaseTimeouts", place: .timeouts,
            title: "Release timeouts", sentence: { _ in "Release all timeouts of orders" },
            target: { _ in Target("/v1/timeouts/release") }, back: { _ in Target("/timeouts") },
            button: "Release the timeouts", undo: "What is overdue fires at once, in order"),
        SimpleAct(
            path: "/health/clock", name: "clock", operation: "confirmClock", place: .health,
            title: "The clock is right",
            sentence: { _ in "Say that the clock is right" }, target: { _ in Target("/v1/clock/confirm") },
            back: { _ in Target("/health") }, button: "The clock is right",
            undo: "What is overdue by it fires at once"),
    ]

    private static let operations = [
        SimpleAct(
            path: "/operations/{operation}/stop", name: "stop", operation: "stopOperation", place: .operations,
            title: "Stop an operation", sentence: { "Stop operation \(HTML.name($0["operation"]))" },
            target: { Target("/v1/operations", $0["operation"]).then("stop") },
            back: { Target("/operations", $0["operation"]) }, button: "Stop it", isDangerous: true,
            undo: "Can be undone: let it go on; what it has done stays done"),
        SimpleAct(
            path: "/operations/{operation}/resume", name: "resume", operation: "resumeOperation", place: .operations,
            title: "Let an operation go on", sentence: { "Let operation \(HTML.name($0["operation"])) go on" },
            target: { Target("/v1/operations", $0["operation"]).then("resume") },
            back: { Target("/operations", $0["operation"]) }, button: "Go on", undo: "Can be undone: stop it again"),
    ]

    private static let messages = [
        SimpleAct(
            path: "/dead-letters/{group}/{message}/redrive", name: "redrive", operation: "redrive", place: .deadLetters,
            title: "Deliver again",
            sentence: { "Deliver \(HTML.name(MessageName.short($0["message"]))) to \(HTML.name($0["group"])) again" },
            target: { Target("/v1/groups", $0["group"]).then("dead-letters").then("redrive") },
            back: { Target("/dead-letters").with("group", $0["group"]) }, button: "Deliver it again",
            undo: "Cannot be undone: a consumer gets it", resource: "group",
            body: { visit in
                ActBody.json { writer in
                    writer.key("ids")
                    writer.beginArray()
                    writer.text(Text(visit["message"]))
                    writer.endArray()
                    writer.key("reason")
                    writer.text(Text(visit.form["reason"]))
                }
            }),
        SimpleAct(
            path: "/dead-letters/{group}/{message}/delete", name: "delete", operation: "deleteDeadLetter",
            place: .deadLetters, title: "Delete a dead letter",
            sentence: {
                "Delete \(HTML.name(MessageName.short($0["message"]))), which \(HTML.name($0["group"])) has given up"
            },
            target: { Target("/v1/groups", $0["group"]).then("dead-letters").then($0["message"]).then("delete") },
            back: { Target("/dead-letters").with("group", $0["group"]) }, button: "Delete it", isDangerous: true,
            undo: "Cannot be undone", resource: "group"),
        half(
            "commit", "commitHalfMessage", "Commit a half message", "Commit", "Commit it",
            "Cannot be undone: groups get it"),
        half(
            "rollback", "rollbackHalfMessage", "Roll a half message back", "Roll back", "Roll it back",
            "Cannot be undone: it is never sent"),
        half(
            "resume", "resumeHalfMessage", "Ask again", "Ask again about", "Ask its producer again",
            "It can be decided by hand later"),
    ]

    private static func half(
        _ verb: String, _ operation: String, _ title: String, _ words: String, _ button: String, _ undo: HTML
    ) -> SimpleAct {
        SimpleAct(
            path: "/half-messages/{transaction}/\(verb)", name: verb, operation: operation, place: .halfMessages,
            title: title, sentence: { "\(words) the half message of topic \(HTML.name($0.query["topic"]))" },
            target: {
                Target("/v1/half-messages", $0["transaction"]).then(verb).with("topic", $0.query.given("topic"))
            },
            back: { _ in Target("/half-messages") }, button: button, isDangerous: verb == "rollback", undo: undo)
    }

    private static let access = [
        SimpleAct(
            path: "/access/{token}/revoke", name: "revoke", operation: "revokeToken", place: .access,
            title: "Revoke a token", sentence: { "Revoke the token \(HTML.name($0["token"]))" },
            target: { Target("/v1/tokens", $0["token"]).then("revoke") }, back: { _ in Target("/access") },
            button: "Revoke it", isDangerous: true,
            undo: "Cannot be undone: the program that uses it is out at once, and needs a new one"),
        SimpleAct(
            path: "/workflows/{workflow}/{hash}/activate", name: "activate", operation: "activateWorkflow",
            place: .workflows, title: "Change what new orders take",
            sentence: {
                "Let new orders of \(HTML.name($0["workflow"])) take the text "
                    + HTML.mono(String($0["hash"].prefix(12)))
            },
            target: { Target("/v1/workflows", $0["workflow"]).then("activate") },
            back: { Target("/workflows", $0["workflow"]) }, button: "Activate it",
            undo: "Can be undone: activate the other text; orders keep the text under which they were placed",
            body: { visit in
                ActBody.json { writer in
                    writer.key("hash")
                    writer.text(Text(visit["hash"]))
                    writer.key("reason")
                    writer.text(Text(visit.form["reason"]))
                }
            }),
    ]
}
