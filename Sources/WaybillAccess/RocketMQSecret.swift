import Crypto
import Foundation
package import WaybillCore

/// The secret key of a token, for clients that prove that they have it by signing.
///
/// It follows from a secret of the file and from the token, and is kept nowhere: a signature can be checked only by
/// who has the key itself, and of the token only a digest is kept.
package enum RocketMQSecret {
    /// What the file's key is for.
    package static let purpose: Text = "rocketmq"

    /// The name under which a client gives its signature.
    package static func accessKey(ofToken id: Text) -> Text { "wb-\(id)" }

    /// - Parameter fileKey: the file's key for ``purpose``.
    package static func key(ofToken id: Text, createdAt: Moment, fileKey: [UInt8]) -> Text {
        let text = "rocketmq \(id) \(createdAt.milliseconds)"
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: fileKey))
        let base64 = Data(code).base64EncodedString()
        let letters = base64.compactMap { letter -> Character? in
            switch letter {
            case "+": "-"
            case "/": "_"
            case "=": nil
            default: letter
            }
        }
        return Text(String(letters))
    }
}
