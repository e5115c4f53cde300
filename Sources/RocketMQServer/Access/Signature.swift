import Crypto
import Foundation
import WaybillAccess
import WaybillCore
import WaybillTimeouts

/// What the header `authorization` says:
/// `MQv2-HMAC-SHA1 Credential=KEY/REGION/SERVICE, SignedHeaders=x-mq-date-time, Signature=HEX`.
struct Authorization: Equatable {
    let accessKey: Text
    let signature: [UInt8]

    private static let scheme = "MQv2-HMAC-SHA1"
    private static let bytesMax = 512

    /// Nil: it is none.
    init?(_ header: String?) {
        guard let header, header.utf8.count <= Self.bytesMax, header.hasPrefix(Self.scheme + " ") else { return nil }
        var fields: [Substring: Substring] = [:]
        for field in header.dropFirst(Self.scheme.count + 1).split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = parts.first else { return nil }
            fields[name.drop { $0 == " " }] = parts[1]
        }
        // Some clients add the region and the service to their key.
        guard let credential = fields["Credential"]?.split(separator: "/").first, let signature = fields["Signature"],
            let bytes = Self.bytes(signature)
        else { return nil }
        accessKey = Text(String(credential))
        self.signature = bytes
    }

    /// Digits of either case: clients differ.
    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count == 2 * Insecure.SHA1.byteCount else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// A signature that was found right, as it came.
struct Proof: Sendable {
    private let header: String
    private let date: String
    private let signed: SignedDate
    /// Whose it is.
    private let token: Text

    /// Nil: there is none.
    init?(of principal: Principal, _ header: String?, signed date: String?) {
        guard let token = principal.token, let header, let date, let signed = SignedDate(date) else { return nil }
        (self.header, self.date, self.signed, self.token) = (header, date, signed, token)
    }

    /// Who has signed, when a call says the same; nil: it says something else, or what it says is not good any more.
    func principal(_ header: String?, signed date: String?, in tokens: TokenTable, at now: Moment) -> Principal? {
        guard self.header == header, self.date == date, signed.isFresh(at: now) else { return nil }
        return tokens.standing(token, at: now)?.principal
    }
}

/// Checks what clients sign.
struct Signatures: Sendable {
    /// The file's key for ``RocketMQSecret/purpose``.
    let fileKey: [UInt8]

    private static let idPrefix = "wb-"

    /// Who has signed; nil: no one that is known, or not for now, or it is wrong. The three are told apart by nothing.
    ///
    /// - Parameter date: the text that is signed, as it came.
    func principal(
        _ authorization: Authorization?, signed date: String?, in tokens: TokenTable, at now: Moment
    ) -> Principal? {
        guard let authorization, let date, date.utf8.count <= 64, SignedDate(date)?.isFresh(at: now) == true else {
            return nil
        }
        let key = authorization.accessKey.string
        let id = key.hasPrefix(Self.idPrefix) ? Text(String(key.dropFirst(Self.idPrefix.count))) : ""
        let known = tokens.standing(id, at: now)
        // An unknown key takes as long as a known one.
        let secret = RocketMQSecret.key(
            ofToken: id, createdAt: known?.token.createdAt ?? Moment(milliseconds: 0), fileKey: fileKey)
        let isRight = HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            authorization.signature, authenticating: Array(date.utf8),
            using: SymmetricKey(data: Array(secret.string.utf8)))
        return isRight ? known?.principal : nil
    }
}

/// When a client signed, by its own clock: `yyyyMMddTHHmmssZ`, or as RFC 3339 writes it.
///
/// Most clients write their local time and put a Z behind it, so a whole number of quarters of an hour may lie between
/// it and the time of this machine.
struct SignedDate {
    private let seconds: Int64

    private static let quarter: Int64 = 15 * 60
    private static let slack: Int64 = 5 * 60
    private static let zonesMax: Int64 = 14 * 3_600

    init?(_ text: String) {
        let digits = text.utf8.prefix(19).filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits.count >= 14 else { return nil }
        func number(_ range: Range<Int>) -> Int64 {
            digits[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
        let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
        guard (1970...9_999).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        // Days since 1970, with March as the first month of a year.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
        seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
    }

    func isFresh(at now: Moment) -> Bool {
        let apart = abs(now.milliseconds / 1_000 - seconds)
        guard apart <= Self.zonesMax + Self.slack else { return false }
        let rest = apart % Self.quarter
        return rest <= Self.slack || rest >= Self.quarter - Self.slack
    }
}
