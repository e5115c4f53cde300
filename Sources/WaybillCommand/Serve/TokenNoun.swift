import ArgumentParser
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// `waybill token`: who may ask a server what.
struct TokenNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, list and revoke the tokens of a file's server.",
        subcommands: [CreateToken.self, ListTokens.self, RevokeToken.self])
}

/// `waybill token create`: the token is shown once.
struct CreateToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token; it is printed once and kept nowhere.",
        discussion: """
            Grants: viewer, operator, admin, metrics, payload, stock, orders:ROLE,ROLE, producer:TOPIC, \
            consumer:GROUP, check:PRODUCER, lane:NAME. TOPIC, GROUP and PRODUCER may end in *.

              waybill token create --db shop.db --name shop-web --grant orders:buyer --reason 'first shop'
            """)

    @OptionGroup var file: FileOptions

    @Option(help: "Who holds it; how the journal names its requests.")
    var name: Text

    @Option(help: ArgumentHelp("What it allows; may be repeated.", valueName: "grant"))
    var grant: [Text] = []

    @Option(help: "Why; kept with the token and in the audit.")
    var reason: Text

    @Option(help: "How long it is good for.")
    var lasts = Interval.days(90)

    func run() async throws {
        let plan: NewToken
        do throws(Problem) {
            plan = try NewToken(name: name, grants: grant, lasts: lasts, reason: reason)
        } catch {
            throw CommandFailure(error.detail, status: .misused)
        }
        let made = try await file.database.writing { book in
            try await plan.make(in: ServedBook(book), by: "owner")
        }
        guard file.json else { return Output.standard.line(made.text.text.string) }
        var writer = JSONWriter()
        writer.token(made.token, secret: made.text.text)
        writer.print()
    }
}

/// `waybill token list`: those that stand, and those that do not.
struct ListTokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tokens, without their secrets.")

    @OptionGroup var file: FileOptions

    func run() async throws {
        let (tokens, now) = try await file.database.reading { book in
            (try book.engine.accessTokens().compactMap { AccessToken($0) }, book.now)
        }
        if file.json {
            var writer = JSONWriter()
            writer.beginArray()
            for token in tokens { writer.token(token, secret: nil) }
            writer.endArray()
            return writer.print()
        }
        var table = TextTable([.init("ID"), .init("NAME"), .init("STATE"), .init("EXPIRES"), .init("GRANTS")])
        for token in tokens {
            let state = token.revokedAt != nil ? "revoked" : token.stands(at: now) ? "stands" : "expired"
            table.add([
                token.id.string, token.name.string, state, token.expiresAt.iso8601,
                token.grants.map(\.text.string).joined(separator: " "),
            ])
        }
        table.write()
    }
}

/// `waybill token revoke`: it opens nothing from now on.
struct RevokeToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Revoke a token.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The token's id.")
    var id: Text

    @Option(help: "Why; kept in the audit.")
    var reason: Text

    func run() async throws {
        let revoked = try await file.database.writing { book in
            try await book.engine.revokeAccessToken(id, by: "owner", because: reason)
        }
        guard let revoked, let token = AccessToken(revoked) else {
            throw CommandFailure("there is no token \(id)", status: .negative)
        }
        guard file.json else { return Output.standard.line("\(token.id) of \(token.name) is revoked".printable) }
        var writer = JSONWriter()
        writer.token(token, secret: nil)
        writer.print()
    }
}
